import IdempotencyEmbedded
import Testing

/// What is mounted where.
@Suite struct MountTableTests {
    @Test("Network file systems are told from local ones")
    func mounts() {
        let table = MountTable(
            """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            40 22 0:51 / /home rw - nfs4 server:/home rw,vers=4.2
            41 22 0:52 / /mnt rw shared:3 master:2 - fuse.sshfs server: rw
            """)
        #expect(table.networkFileSystem(ofDevice: 0x801) == nil)
        #expect(table.networkFileSystem(ofDevice: 51) == "nfs4")
        #expect(table.networkFileSystem(ofDevice: 52) == "fuse.sshfs")
        #expect(table.networkFileSystem(ofDevice: 99) == nil)
    }
}
