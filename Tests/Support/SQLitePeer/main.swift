// Another process on the same store, for tests. Says what it does on stdout, one line each; ends when stdin ends.
//
//     sqlite-peer hold PATH KEY            claims the key for an hour and keeps it
//     sqlite-peer race PATH OWNER KEYS     claims keys 0..<KEYS, prints how many it got
//     sqlite-peer fill PATH LIMIT          claims keys while the system refuses files larger than LIMIT bytes
import Foundation
import Idempotency
import IdempotencySQLite
import Logging

func line(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

func id(_ key: Int) -> RecordID {
    RecordID(Digest(UInt64(key) &* 0x9E37_79B9_7F4A_7C15, UInt64(key), 0, 0))
}

func claim(_ key: Int, owner: UInt64) -> Exchange {
    let fingerprint = Fingerprint(algorithm: 1, digest: Digest(0, 0, 0, 1))
    let draft = Draft(claiming: fingerprint, owner: Owner(high: owner, low: UInt64(key)), lease: .seconds(3600))
    return Exchange(id(key), expecting: .vacant, next: draft)
}

let arguments = CommandLine.arguments
guard arguments.count == 4 || arguments.count == 5 else {
    line("wrong use")
    exit(2)
}
let logger = Logger(label: "peer", factory: { _ in SwiftLogNoOpLogHandler() })
let store = try await SQLiteStore.open(arguments[2], logger: logger)
switch arguments[1] {
case "hold":
    _ = try await store.exchange(claim(Int(arguments[3]) ?? 0, owner: 1))
    line("held")
    while readLine() != nil {}
case "race":
    let owner = UInt64(arguments[3]) ?? 0
    let keys = Int(arguments[4]) ?? 0
    let won = try await withThrowingTaskGroup(of: Bool.self) { group in
        for key in 0..<keys {
            group.addTask {
                if case .stored = try await store.exchange(claim(key, owner: owner)) { true } else { false }
            }
        }
        var won = 0
        for try await hasWon in group where hasWon { won += 1 }
        return won
    }
    line("\(won)")
case "fill":
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    limit.rlim_cur = rlim_t(arguments[3]) ?? 0
    limit.rlim_max = limit.rlim_cur
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    for key in 0..<100_000 {
        do {
            _ = try await store.exchange(claim(key, owner: 1))
            line("acknowledged \(key)")
        } catch {
            line("failed \(key) \(error.code) \(error.effect)")
            do {
                _ = try await store.exchange(claim(key + 1, owner: 1))
                line("went on")
            } catch {
                line("refused \(error.code) \(error.effect)")
            }
            break
        }
    }
default:
    line("wrong use")
    exit(2)
}
await store.close()
