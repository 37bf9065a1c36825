import Foundation

/// Payments sent by wrk over a number of connections, each as soon as the one before it on that connection is answered.
struct Load {
    /// What keys the requests have.
    enum Keys: String {
        /// Every request has one of its own.
        case fresh
        /// They take turns at a few hundred that have been used before.
        case replayed
    }

    /// The number of keys that replays take turns at.
    static let replayedKeys = 256

    private let script: String

    /// Prepares the script of wrk in `folder`.
    init(folder: String) throws {
        script = folder + "/payments.lua"
        try Self.lua.write(toFile: script, atomically: true, encoding: .utf8)
    }

    /// Sends for some seconds.
    ///
    /// - Parameters:
    ///   - pause: How many milliseconds a connection rests after each answer; none by default.
    ///   - run: Goes into the keys, so that two runs share none.
    /// - Throws: `BenchmarkError` when a request failed or was refused.
    func run(
        port: Int, connections: Int, seconds: Int, keys: Keys, run: String, pause: Int = 0
    ) throws -> Sample {
        let output = try Executables.output(
            of: try Executables.find("wrk"),
            [
                "--threads", "1", "--connections", String(connections), "--duration", "\(seconds)s", "--timeout",
                "30s", "--script", script, "http://127.0.0.1:\(port)/payments", "--", keys.rawValue, run,
                String(Self.replayedKeys), String(pause),
            ])
        var sample = Sample(operations: 0, seconds: 0, latencies: Sample.histogram())
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words.first {
            case "ended":
                let numbers = words.dropFirst().compactMap { Int($0) }
                guard numbers.count == 3 else { throw BenchmarkError("wrk did not report: \(output)") }
                guard numbers[2] == 0 else { throw BenchmarkError("\(numbers[2]) requests failed: \(output)") }
                sample.operations = numbers[0]
                sample.seconds = Double(numbers[1]) / 1_000_000
            case "latency":
                guard words.count == 3, let time = UInt64(words[1]), let count = UInt64(words[2]) else { continue }
                sample.latencies.record(time * 1000, count: count)
            default: continue
            }
        }
        guard sample.operations > 0 else { throw BenchmarkError("wrk reports no request: \(output)") }
        return sample
    }

    /// Uses the keys of replays once, over one connection: a run begins with the first of them, so that one which is
    /// longer than they are many has used them all.
    func useReplayedKeys(port: Int) throws {
        for _ in 0..<20 {
            let sample = try run(port: port, connections: 1, seconds: 1, keys: .replayed, run: "replays")
            if sample.operations > Self.replayedKeys { return }
        }
        throw BenchmarkError("\(Self.replayedKeys) requests took more than 20 seconds")
    }

    private static let lua = """
        local threads = 0
        function setup(thread)
            threads = threads + 1
            thread:set("number", threads)
        end
        function init(arguments)
            kind, run, few, rest = arguments[1], arguments[2], tonumber(arguments[3]), tonumber(arguments[4])
            sent = 0
            local body = '{"amount":1000,"currency":"eur","account":"acct_1NkQx2LkdIwHu7ix","description":"order 8812"}'
            before = "POST /payments HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nAuthorization: Bearer 4f9c1c0e8a4b4a0f\\r\\n"
                .. 'Idempotency-Key: "8e03978e-40d5-43e8-bc93-' .. run .. "-"
            behind = '"\\r\\nContent-Type: application/json\\r\\nContent-Length: ' .. #body .. "\\r\\n\\r\\n" .. body
            if rest > 0 then
                function delay() return rest end
            end
        end
        function request()
            sent = sent + 1
            if kind == "replayed" then return before .. (sent % few) .. behind end
            return before .. number .. "-" .. sent .. behind
        end
        function done(summary, latency, requests)
            local errors = summary.errors
            local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
            print("ended " .. summary.requests .. " " .. summary.duration .. " " .. failed)
            for position = 1, #latency do
                local time, count = latency(position)
                if count > 0 then print("latency " .. math.floor(time) .. " " .. count) end
            end
        end
        """
}
