import Glibc
import Services

/// The accounts of this machine, by its name service (getpwuid_r(3)).
package struct SystemAccounts: Accounts {
  package init() {}

  package func name(of uid: UInt32) -> String? {
    unsafe lookUp { entry, buffer, size, result in
      unsafe getpwuid_r(uid, entry, buffer, size, result)
    }?.name
  }

  package func ids(of name: String) -> (uid: UInt32, gid: UInt32)? {
    let found = unsafe lookUp { entry, buffer, size, result in
      unsafe getpwnam_r(name, entry, buffer, size, result)
    }
    return found.map { ($0.uid, $0.gid) }
  }

  package func group(of gid: UInt32) -> String? {
    var entry = unsafe Glibc.group()
    var result: UnsafeMutablePointer<Glibc.group>?
    // The buffer is ours, lives for this call, and holds the strings that the entry points to.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
      guard let base = buffer.baseAddress,
        unsafe getgrgid_r(gid, &entry, base, buffer.count, &result) == 0, unsafe result != nil,
        let name = unsafe entry.gr_name
      else { return nil }
      return unsafe String(cString: name)
    }
  }

  private typealias Call = (
    UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
    UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
  ) -> CInt

  private func lookUp(_ call: Call) -> (name: String, uid: UInt32, gid: UInt32)? {
    var entry = unsafe passwd()
    var result: UnsafeMutablePointer<passwd>?
    // The buffer is ours, lives for this call, and holds the strings that the entry points to.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
      guard let base = buffer.baseAddress, unsafe call(&entry, base, buffer.count, &result) == 0,
        unsafe result != nil,
        let name = unsafe entry.pw_name
      else { return nil }
      return (unsafe String(cString: name), unsafe entry.pw_uid, unsafe entry.pw_gid)
    }
  }
}
