import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The clock of a gateway as libfaketime shows it: an offset in a file, read at every look at the clock.
struct FalseClock {
    let folder: String
    /// Whether the boot clock is moved as well, which no setting of a clock does.
    var movesBootClock = false

    private var path: String { folder + "/faketime" }

    /// What has to be added to the environment of the gateway.
    ///
    /// - Throws: ``LabError`` where libfaketime is not installed.
    func environment() throws -> [String: String] {
        let places = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1" }
        guard let library = places.first(where: FileManager.default.fileExists) else {
            throw LabError("libfaketime is not installed (Debian: apt-get install faketime)")
        }
        return [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": movesBootClock ? "0" : "1",
        ]
    }

    /// What a shell is told so that it becomes the program.
    ///
    /// The library adds a variable to the environment when it is the first to be loaded, and Swift then no longer finds
    /// the arguments of its process; so it is loaded into the shell first.
    static func arguments(_ executable: String, _ arguments: [String]) -> [String] {
        ["-c", "exec \"$0\" \"$@\"", executable] + arguments
    }

    /// Removes what the library has shared under the number of a process that was killed.
    func cleanUp(after process: Int32) {
        unlink("/dev/shm/faketime_shm_\(process)")
        unlink("/dev/shm/sem.faketime_sem_\(process)")
    }

    /// Sets the clock: `+2d`, `-1h`, `+0`.
    func set(_ offset: String) throws {
        // In one step, or somebody would read half of it.
        try (offset + "\n").write(toFile: path + ".new", atomically: false, encoding: .utf8)
        guard rename(path + ".new", path) == 0 else { throw LabError("cannot write \(path)") }
    }

    /// Makes sure that the gateway really has that clock: by the `Date` of what it answers.
    func check(_ offset: String, on gateway: GatewayProcess, client: HTTPClient) async throws {
        let request = HTTPClientRequest(url: gateway.address + "/.well-known/idempotency")
        guard let response = try? await client.execute(request, timeout: .seconds(5)),
            let text = response.headers.first(name: "Date")
        else { return }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let date = format.date(from: text) else { throw LabError("the gateway has no Date but \(text)") }
        let expected: TimeInterval = ["+2d": 2 * 24 * 3600, "-1h": -3600][offset] ?? 0
        guard abs(date.timeIntervalSinceNow - expected) < 60 else {
            throw LabError("the clock was not moved by \(offset): the gateway says \(text); is libfaketime installed?")
        }
    }
}
