import HTTPTypes
import Hummingbird
import Logging
import Wire

/// Turns whatever a route throws into RFC 9457's `application/problem+json`.
struct Problems: RouterMiddleware {
  typealias Context = PeerContext

  func handle(
    _ request: Request, context: PeerContext,
    next: (Request, PeerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      return Answer.problem(problem)
    } catch let error as HTTPError where error.status == .notFound {
      return Answer.problem(
        Problem(
          title: "Nothing here", status: 404, code: "no-such-route",
          detail:
            "\(request.method.rawValue) \(request.uri.path) is not part of Polder's interface",
          nextStep: "see docs/api.md"))
    } catch let error as HTTPError {
      return Answer.problem(
        Problem(
          title: "The request can't be read", status: error.status.code, code: "invalid",
          detail: error.body ?? error.status.reasonPhrase))
    } catch {
      // The error may quote what a member sent, so that only its type is logged.
      context.logger.error(
        "a request failed",
        metadata: [
          "route": "\(request.method.rawValue) \(context.endpointPath ?? "")",
          "error": "\(type(of: error))",
        ])
      return Answer.problem(
        Problem(
          title: "Polder failed to answer", status: 500, code: "internal",
          detail: "an error inside polderd; it is in its log",
          nextStep: "tell the administrators what you did"))
    }
  }
}
