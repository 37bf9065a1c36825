/// Where a walk over all servers goes on: a node and a place in it.
struct ScanPlace: Hashable, Sendable {
    var node = 0
    var cursor: UInt64 = 0
}
