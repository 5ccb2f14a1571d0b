import Foundation

/// Moments as Slurm's commands take and print them (`parse_time.c`), in the zone of the reader.
struct SlurmTime {
  /// Seconds since 1970.
  let now: Int64
  let zone: TimeZone
  /// `SLURM_TIME_FORMAT`.
  let format: String

  init(now: Int64, zone: TimeZone = .current, format: String? = nil) {
    self.now = now
    self.zone = zone
    let format = format ?? ""
    let isUsual = format.isEmpty || format == "standard" || !format.contains("%")
    self.format = isUsual ? "%FT%T" : format
  }

  // MARK: Printing

  /// A moment in at most `width` characters: filled with `#` if it has more, as Slurm's.
  func text(_ seconds: Int64, width: Int) -> String {
    let text = formatted(seconds)
    return text.count <= width ? text : String(repeating: "#", count: width)
  }

  private func formatted(_ seconds: Int64) -> String {
    let part = parts(seconds)
    var text = ""
    var rest = format[...]
    while let character = rest.popFirst() {
      guard character == "%", let letter = rest.popFirst() else {
        text.append(character)
        continue
      }
      switch letter {
      case "F": text += "\(part.year ?? 0)-\(two(part.month))-\(two(part.day))"
      case "T": text += "\(two(part.hour)):\(two(part.minute)):\(two(part.second))"
      case "Y": text += "\(part.year ?? 0)"
      case "y": text += two((part.year ?? 0) % 100)
      case "m": text += two(part.month)
      case "d": text += two(part.day)
      case "H": text += two(part.hour)
      case "M": text += two(part.minute)
      case "S": text += two(part.second)
      case "R": text += "\(two(part.hour)):\(two(part.minute))"
      case "D": text += "\(two(part.month))/\(two(part.day))/\(two((part.year ?? 0) % 100))"
      case "s": text += "\(seconds)"
      case "%": text += "%"
      default: text += "%\(letter)"
      }
    }
    return text
  }

  /// A length of time: `00:10:00`, `1-02:00:00`.
  static func length(_ seconds: Int64) -> String {
    guard seconds >= 0 else { return "INVALID" }
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    return seconds < 86_400 ? clock : "\(seconds / 86_400)-\(clock)"
  }

  // MARK: Reading

  private struct Reading {
    var year: Int?
    var month: Int?
    var day: Int?
    var hour: Int?
    var minute = 0
    var second = 0
  }

  /// `2026-11-24[T12:00[:00]]`, `11/24[/26][-12:00]`, `1124[26]`, `12:00[:00][PM]`, `today`, `noon`
  /// and their like, `now[+-N[seconds|minutes|hours|days|weeks]]`, `uts…`.
  ///
  /// - Throws: Slurm's words.
  func read(_ text: String) throws(SacctFailure) -> Int64 {
    let bytes = Array(text.utf8)
    if text.lowercased().hasPrefix("uts"), let seconds = Int64(text.dropFirst(3)),
      seconds >= 1_000_000
    {
      return seconds
    }
    var reading = Reading()
    var place = 0
    while place < bytes.count {
      if [32, 9, 45, 84].contains(bytes[place]) {  // blank, tab, -, T
        // "today" and its kin begin with a T too.
        guard bytes[place] == 84,
          word(bytes, place, "today") || word(bytes, place, "tomorrow")
            || word(bytes, place, "teatime")
        else {
          place += 1
          continue
        }
      }
      guard let next = readOne(bytes, place, &reading) else {
        throw .plain("Invalid time specification (pos=\(place)): \(text)")
      }
      place = next
    }
    return try moment(reading, text)
  }

  /// The place behind what stands at `place`; nil if it is nothing that is known.
  private func readOne(
    _ bytes: [UInt8], _ place: Int, _ reading: inout Reading
  ) -> Int? {
    for (name, hour) in [("midnight", 0), ("noon", 12), ("fika", 15), ("teatime", 16)]
    where word(bytes, place, name) {
      reading.hour = hour
      reading.minute = 0
      reading.second = 0
      return place + name.utf8.count
    }
    for (name, ahead) in [("today", Int64(0)), ("tomorrow", 86_400)]
    where word(bytes, place, name) {
      let part = parts(now + ahead)
      (reading.year, reading.month, reading.day) = (part.year, part.month, part.day)
      return place + name.utf8.count
    }
    if word(bytes, place, "now") { return readNow(bytes, place + 3, &reading) }
    guard (48...57).contains(bytes[place]) else { return nil }
    let isClock = [1, 2].contains { place + $0 < bytes.count && bytes[place + $0] == 58 }
    return isClock ? readClock(bytes, place, &reading) : readDate(bytes, place, &reading)
  }

  private func readNow(_ bytes: [UInt8], _ start: Int, _ reading: inout Reading) -> Int? {
    var place = start
    while place < bytes.count, bytes[place] == 32 { place += 1 }
    var ahead: Int64 = 0
    if place < bytes.count {
      guard bytes[place] == 43 || bytes[place] == 45 else { return nil }
      let sign: Int64 = bytes[place] == 43 ? 1 : -1
      let rest = String(decoding: bytes[(place + 1)...], as: UTF8.self).lowercased()
        .filter { $0 != " " }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      let unit = rest.dropFirst(digits.count)
      let units: [String: Int64] = [
        "": 1, "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600,
        "hours": 3600, "day": 86_400, "days": 86_400, "week": 604_800, "weeks": 604_800,
      ]
      guard let count = Int64(digits), count < 10_000_000_000, let length = units[String(unit)]
      else { return nil }
      ahead = sign * count * length
    }
    let part = parts(now + ahead)
    (reading.year, reading.month, reading.day) = (part.year, part.month, part.day)
    (reading.hour, reading.minute, reading.second) =
      (part.hour, part.minute ?? 0, part.second ?? 0)
    return bytes.count
  }

  private func readClock(_ bytes: [UInt8], _ start: Int, _ reading: inout Reading) -> Int? {
    var place = start
    var numbers: [Int] = []
    while numbers.count < 3 {
      guard let number = number(bytes, &place, digits: 1...2) else { return nil }
      numbers.append(number)
      guard place < bytes.count, bytes[place] == 58 else { break }
      place += 1
    }
    guard numbers.count >= 2, numbers[1] < 60, numbers.count < 3 || numbers[2] < 60 else {
      return nil
    }
    while place < bytes.count, bytes[place] == 32 { place += 1 }
    if word(bytes, place, "pm") || word(bytes, place, "am") {
      guard numbers[0] <= 12 else { return nil }
      numbers[0] = numbers[0] % 12 + (word(bytes, place, "pm") ? 12 : 0)
      place += 2
    }
    guard numbers[0] < 24 else { return nil }
    reading.hour = numbers[0]
    reading.minute = numbers[1]
    reading.second = numbers.count == 3 ? numbers[2] : 0
    return place
  }

  private func readDate(_ bytes: [UInt8], _ start: Int, _ reading: inout Reading) -> Int? {
    var place = start
    var year: Int?
    let isISO = start + 4 < bytes.count && bytes[start + 4] == 45
    if isISO {
      year = number(bytes, &place, digits: 4...4)
      place += 1
    }
    guard let month = number(bytes, &place, digits: 1...2), (1...12).contains(month) else {
      return nil
    }
    let separators: [UInt8] = isISO ? [45] : [46, 47]  // -, or . and /
    if place < bytes.count, separators.contains(bytes[place]) { place += 1 }
    guard let day = number(bytes, &place, digits: 1...2), (1...31).contains(day) else {
      return nil
    }
    if !isISO {
      if place < bytes.count, separators.contains(bytes[place]) { place += 1 }
      if place < bytes.count, (48...57).contains(bytes[place]) {
        guard let short = number(bytes, &place, digits: 2...2) else { return nil }
        year = 2000 + short
      }
    }
    (reading.year, reading.month, reading.day) = (year, month, day)
    return place
  }

  private func moment(_ reading: Reading, _ text: String) throws(SacctFailure) -> Int64 {
    guard reading.hour != nil || reading.month != nil else { return 0 }
    let today = parts(now)
    var part = DateComponents()
    part.month = reading.month ?? today.month
    part.day = reading.month == nil ? today.day : reading.day
    // A month that is still to come was last year's.
    let isAhead = (part.month ?? 0) > (today.month ?? 0)
    part.year = reading.year ?? (today.year ?? 0) - (isAhead ? 1 : 0)
    part.hour = reading.hour ?? 0
    part.minute = reading.minute
    part.second = reading.second
    guard let date = calendar.date(from: part) else {
      throw .plain("Invalid time specification (pos=\(text.utf8.count)): \(text)")
    }
    return Int64(date.timeIntervalSince1970.rounded(.down))
  }

  /// 00:00:00 of the present day.
  var midnight: Int64 {
    Int64(
      calendar.startOfDay(for: Date(timeIntervalSince1970: Double(now))).timeIntervalSince1970)
  }

  // MARK: Parts

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }

  private func parts(_ seconds: Int64) -> DateComponents {
    calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(seconds)))
  }

  private func two(_ number: Int?) -> String {
    let number = number ?? 0
    return number < 10 ? "0\(number)" : "\(number)"
  }

  private func word(_ bytes: [UInt8], _ place: Int, _ word: String) -> Bool {
    let end = place + word.utf8.count
    guard end <= bytes.count else { return false }
    return String(decoding: bytes[place..<end], as: UTF8.self).lowercased() == word
  }

  private func number(_ bytes: [UInt8], _ place: inout Int, digits: ClosedRange<Int>) -> Int? {
    var count = 0
    var value = 0
    while count < digits.upperBound, place < bytes.count, (48...57).contains(bytes[place]) {
      value = value * 10 + Int(bytes[place] - 48)
      place += 1
      count += 1
    }
    return digits.contains(count) ? value : nil
  }
}
