import Foundation
import PostgresTestServer
import Synchronization

/// Stands between a store and its server, and breaks connections at the worst moment.
final class FaultProxy: Sendable {
    /// What happens to the connection over which the next commit is sent.
    enum Fault: Hashable, Sendable {
        /// It is cut before the server has read any of the transaction.
        case cutBefore
        /// The server gets it all; its answer does not come back.
        case cutAfter
        /// The server gets it all, and the rest of the connection stays open on its side for a while.
        case cutClientOnly
        /// Nothing comes back, and the connection stays.
        case silence
    }

    private struct State {
        var fault: Fault?
        var struck = 0
        var descriptors: [Int32] = []
        var isClosed = false
        var isRefusing = false
    }

    /// Where it listens.
    let port: Int

    private let state = Mutex(State())
    private let mark: [UInt8]
    private let target: Int
    private let listener: Int32

    /// Begins to forward to a port of this machine.
    ///
    /// - Parameter mark: What a commit is known by: its name, which is sent in every round that keeps statements.
    init(to target: Int, mark: String = "once_commit") throws {
        self.target = target
        self.mark = Array(mark.utf8)
        port = try PostgresServer.freePort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard Self.withAddress(port, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw Impatience(what: "a port to listen on")
        }
        Thread.detachNewThread { [self] in serve() }
    }

    /// Lets the fault happen once, to the next commit.
    func plan(_ fault: Fault) {
        state.withLock { $0.fault = fault }
    }

    /// How many faults have happened.
    var struck: Int { state.withLock { $0.struck } }

    /// From now on refuses new connections, or accepts them again; those that are there stay.
    func refuseConnections(_ isRefusing: Bool) {
        state.withLock { $0.isRefusing = isRefusing }
    }

    /// Cuts all connections.
    func cut() {
        for descriptor in state.withLock({ $0.descriptors }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Stops, and closes all connections.
    func close() {
        let descriptors = state.withLock { state in
            state.isClosed = true
            return state.descriptors + [listener]
        }
        for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                Foundation.close(listener)
                return
            }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let isRefused = state.withLock { state in
                state.descriptors += [client, server]
                return state.isClosed || state.isRefusing
            }
            guard !isRefused, Self.withAddress(target, { connect(server, $0, $1) }) == 0 else {
                shutdown(client, Int32(SHUT_RDWR))
                continue
            }
            let link = Link(client: client, server: server)
            Thread.detachNewThread { [self] in upstream(link) }
            Thread.detachNewThread { [self] in downstream(link) }
        }
    }

    /// Two ends, and whether the way back is cut.
    private final class Link: Sendable {
        let client: Int32
        let server: Int32
        let isMute = Mutex(false)

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }
    }

    private func upstream(_ link: Link) {
        while let bytes = Self.receive(link.client) {
            let isCommit = bytes.firstRange(of: mark) != nil
            let fault =
                isCommit
                ? state.withLock { state in
                    defer { state.fault = nil }
                    if state.fault != nil { state.struck += 1 }
                    return state.fault
                } : nil
            switch fault {
            case .cutBefore:
                shutdown(link.server, Int32(SHUT_RDWR))
                shutdown(link.client, Int32(SHUT_RDWR))
                return
            case .cutAfter, .cutClientOnly, .silence: link.isMute.withLock { $0 = true }
            case nil: break
            }
            Self.send(bytes, to: link.server)
            if fault == .cutAfter {
                // The server has answered when its answer would have come.
                usleep(50_000)
                shutdown(link.server, Int32(SHUT_RDWR))
                shutdown(link.client, Int32(SHUT_RDWR))
                return
            }
            if fault == .cutClientOnly {
                shutdown(link.client, Int32(SHUT_RDWR))
                usleep(300_000)
                shutdown(link.server, Int32(SHUT_RDWR))
                return
            }
        }
        shutdown(link.server, Int32(SHUT_RDWR))
    }

    private func downstream(_ link: Link) {
        while let bytes = Self.receive(link.server) {
            if !link.isMute.withLock({ $0 }) { Self.send(bytes, to: link.client) }
        }
        shutdown(link.client, Int32(SHUT_RDWR))
    }

    private static func receive(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
