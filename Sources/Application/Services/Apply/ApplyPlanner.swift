package import Wire

/// Plans an apply: validates a description, field by field and as a whole, against the centre and
/// its books.
///
/// Pure: equal arguments give equal plans. Applying the same description again plans nothing.
/// Complexity: linear in description and centre, but for messages about misspelt names.
package enum ApplyPlanner {
  package static func plan(
    described objects: [DescribedObject], context: ApplyContext
  ) -> ApplyPlan {
    var pass = ApplyPass(context: context)
    if objects.isEmpty { pass.effects.append("nothing is described: the files have no object") }
    pass.enter(objects)
    pass.readAll()
    return pass.plan()
  }
}
