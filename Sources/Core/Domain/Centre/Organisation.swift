/// A company, university or public body whose projects use the machine.
package struct Organisation: Hashable, Sendable {
  package let id: OrganisationID
  package let name: String
  package let type: OrganisationType
  /// Two-letter country code (ISO 3166-1).
  package let country: String
  /// The AI factory's sector, for instance `health care`.
  package let sector: String

  package init(
    id: OrganisationID, name: String, type: OrganisationType, country: String, sector: String
  ) {
    self.id = id
    self.name = name
    self.type = type
    self.country = country
    self.sector = sector
  }
}

/// The types of organisation that the EuroHPC access portal knows.
package enum OrganisationType: String, Hashable, Sendable, CaseIterable {
  case largeEnterprise = "large enterprise"
  case university
  case researchInstitution = "research institution"
  case internationalAssociation = "international association"
  case ngo = "NGO"
  case publicAdministration = "public administration"
  case sme = "SME"
  case startUp = "start-up"
  case other
}

/// A person as the books know one: an opaque id. The account and the name stand in one table that
/// can be erased.
package struct Member: Hashable, Sendable {
  package let id: MemberID
  /// The UNIX account that an administrator bound to the person; never root or a system account.
  package let account: String
  package let name: String

  package init(id: MemberID, account: String, name: String) {
    self.id = id
    self.account = account
    self.name = name
  }
}
