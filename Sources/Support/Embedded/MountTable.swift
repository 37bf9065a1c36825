/// What is mounted where, as Linux tells it in `/proc/self/mountinfo` (proc(5)).
package struct MountTable {
    private let lines: [Substring]

    /// Reads the text of such a file.
    package init(_ text: String) {
        lines = text.split(separator: "\n")
    }

    /// The type of the file system of a device, if it is one that several machines may have mounted.
    package func networkFileSystem(ofDevice device: UInt64) -> String? {
        let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
        let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
        let fields = lines.lazy.map { $0.split(separator: " ") }.first { $0.count > 2 && $0[2] == "\(major):\(minor)" }
        guard let fields, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { return nil }
        let type = String(fields[dash + 1])
        return Self.networkTypes.contains(type) || type.hasPrefix("fuse.") ? type : nil
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "coda", "9p", "ceph", "gfs2", "ocfs2", "lustre", "fuse",
        "virtiofs",
    ]
}
