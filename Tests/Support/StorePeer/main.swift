// Another process on a store, for tests. Says what it does on stdout, one line each; ends when stdin ends.
//
//     store-peer hold  STORE KEY            claims the key for an hour and keeps it
//     store-peer race  STORE OWNER KEYS     claims keys 0..<KEYS, prints how many it got
//     store-peer fill  STORE LIMIT          claims keys while the system refuses files larger than LIMIT bytes
//     store-peer write STORE FIRST CALLERS  executes keys FIRST, FIRST + 1, … and says which were acknowledged
//     store-peer serve STORE                carries out exchanges that come as lines (`RemoteStore`)
//     store-peer load  STORE KEYS CALLERS   executes so many new keys and says how fast
//
// STORE is sqlite:PATH or rocksdb:DIRECTORY, with ?synchronous=off behind it where nothing is to wait for the disk; or
// postgres://…; or redis:PORT or dynamodb:PORT/TABLE, a server on this machine.
import Foundation
import Idempotency
import StoreTestParts

func line(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let store = try await PeerStore(url: arguments[2]) else {
    line("wrong use")
    exit(2)
}
let numbers = arguments.dropFirst(3).map { Int($0) ?? 0 }
switch (arguments[1], numbers.count) {
case ("hold", 1):
    _ = try await store.store.exchange(PeerKey(numbers[0]).claim(owner: 1))
    line("held")
    while readLine() != nil {}
case ("race", 2): line("\(try await store.race(owner: UInt64(numbers[0]), keys: numbers[1]))")
case ("fill", 1): await store.fill(limit: numbers[0])
case ("write", 2): await store.write(from: numbers[0], callers: numbers[1])
case ("serve", 0): try await RemoteStore.serve(store.store) { line($0) }
case ("load", 2): await store.load(keys: numbers[0], callers: numbers[1])
default:
    line("wrong use")
    exit(2)
}
await store.close()
