// Why: whoever asks when a job would start must not make the rounds slow for everybody.
import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

@testable import Services

@Suite("forecasts and explanations", .timeLimit(.minutes(1)))
struct OutlookTests {
  private let now = Instant(seconds: 1_000_000)

  private func basis(at now: Instant) -> Outlook.Basis {
    Outlook.Basis(state: EngineState(centre: Centre()), promises: [], barred: [:], now: now)
  }

  private func question(_ number: Int64) -> Outlook.Question { .explanation(Listed.task(number)) }

  private func answers(
    _ basis: Outlook.Basis, _ questions: [Outlook.Question]
  ) -> [Outlook.Question: Outlook.Answer] {
    Dictionary(
      uniqueKeysWithValues: questions.map {
        ($0, .forecast(BoardState.Wait(reason: nil, expectedStart: basis.now)))
      })
  }

  /// Plans that wait until they are let go, and how many questions each was for.
  private actor Gate {
    private(set) var plans: [Int] = []
    private(set) var underWay = 0
    private(set) var mostUnderWay = 0
    private var closed: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    func plan(for count: Int) async {
      plans.append(count)
      underWay += 1
      mostUnderWay = max(mostUnderWay, underWay)
      if !isOpen { await withCheckedContinuation { closed.append($0) } }
      underWay -= 1
    }

    func open() {
      isOpen = true
      for plan in closed { plan.resume() }
      closed = []
    }
  }

  @Test("what is kept of one state has a bound, however long there is no other")
  func bounded() async {
    let gate = Gate()
    await gate.open()
    let outlook = Outlook(mostWaiting: 3) { basis, questions in
      await gate.plan(for: questions.count)
      return self.answers(basis, questions)
    }
    outlook.show(basis(at: now))
    for number in [0, 1, 2, 3, 0, 4, 0] as [Int64] {
      #expect(await outlook.answer(question(number)) != nil)
    }
    #expect(await gate.plans.count == 6, "0 is known until four are, and planned anew after them")
  }

  @Test("one plan at a time; the next answers all who asked meanwhile, and nothing is asked twice")
  func together() async {
    let gate = Gate()
    let outlook = Outlook { basis, questions in
      await gate.plan(for: questions.count)
      return self.answers(basis, questions)
    }
    outlook.show(basis(at: now))
    let answered = await withTaskGroup(of: Bool.self) { group in
      group.addTask { await outlook.answer(self.question(0)) != nil }
      while await gate.plans.isEmpty { await Task.yield() }
      // Two of each.
      for number in 1...50 as ClosedRange<Int64> {
        for _ in 1...2 { group.addTask { await outlook.answer(self.question(number)) != nil } }
      }
      while outlook.waitingCount < 50 { await Task.yield() }
      await gate.open()
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answered.count == 101 && answered.allSatisfy { $0 })
    #expect(await gate.mostUnderWay == 1)
    // Late second askers may find their answer or have it planned again; most are in one plan.
    #expect(await gate.plans.prefix(2) == [1, 50])
    let before = await gate.plans.count
    for number in 0...50 as ClosedRange<Int64> {
      #expect(await outlook.answer(question(number)) != nil)
    }
    #expect(await gate.plans.count == before)
  }

  @Test("a round that ends while a plan is made does not wait, and is asked about from then on")
  func rounds() async {
    let gate = Gate()
    let outlook = Outlook { basis, questions in
      await gate.plan(for: questions.count)
      return self.answers(basis, questions)
    }
    #expect(await outlook.answer(question(1)) == nil)
    outlook.show(basis(at: now))
    async let first = outlook.answer(question(1))
    while await gate.plans.isEmpty { await Task.yield() }
    let later = now + Seconds(1)
    outlook.show(basis(at: later))
    await gate.open()
    #expect(await first == .forecast(BoardState.Wait(reason: nil, expectedStart: now)))
    #expect(
      await outlook.answer(question(1))
        == .forecast(BoardState.Wait(reason: nil, expectedStart: later)))
  }

  @Test("more than can wait are told that nothing is known")
  func tooMany() async {
    let gate = Gate()
    let outlook = Outlook(mostWaiting: 1) { basis, questions in
      await gate.plan(for: questions.count)
      return self.answers(basis, questions)
    }
    outlook.show(basis(at: now))
    async let first = outlook.answer(question(1))
    while await gate.plans.isEmpty { await Task.yield() }
    async let second = outlook.answer(question(2))
    while outlook.waitingCount < 1 { await Task.yield() }
    #expect(await outlook.answer(question(3)) == nil)
    await gate.open()
    #expect(await first != nil)
    #expect(await second != nil)
  }
}
