#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread of the operating system, for what blocks.
enum LaneThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own, which ends with it.
    ///
    /// A process that may not make a thread cannot go on in any sensible way, so a failure is fatal.
    static func start(name: String, body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { Self.run($0) }, start.toOpaque())
        guard code == 0, let thread else { preconditionFailure("cannot make a thread: error \(code)") }
        #else
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { Self.run($0) }, start.toOpaque())
        guard code == 0 else { preconditionFailure("cannot make a thread: error \(code)") }
        #endif
        pthread_detach(thread)
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { preconditionFailure("a lane's thread is started with its body") }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        name(start.name)
        start.body()
        return nil
    }

    /// Names the calling thread, where that is possible.
    private static func name(_ name: String) {
        #if canImport(Darwin)
        pthread_setname_np(name)
        #else
        // `pthread_setname_np` is shown only to those who ask for GNU extensions; this file does the same.
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name, min(name.utf8.count, 15))
        close(file)
        #endif
    }
}
