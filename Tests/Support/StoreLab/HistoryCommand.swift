import ArgumentParser
import Idempotency
import IdempotencyTestKit
import OnceTools
import Synchronization

/// Lets callers loose on a store and looks whether some order of their exchanges, one at a time, explains every answer.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Checks concurrent histories of a store for linearizability.")

    @OptionGroup var choice: StoreChoice
    @Option(help: "The seed of the run.") var seed: UInt64 = .random(in: 1...1_000_000)
    @Option(help: "How many exchanges in all.") var operations = 20_000
    @Option(help: "How many callers share the keys of a history.") var callers = 8
    @Option(help: "How many exchanges each of them makes in a history.") var length = 40
    @Option(help: "How many histories are made at once.") var parallel = 16
    @Option(help: "A fault to put into the store, which has to be found.") var plant: PlantedStore.Fault?

    func validate() throws {
        guard operations > 0, callers > 0, length > 0, parallel > 0 else {
            throw ValidationError("numbers must be at least 1")
        }
    }

    func run() async throws {
        let (opened, close) = try await choice.open()
        let store: any RecordStore = plant.map { PlantedStore(opened, $0) } ?? opened
        let histories = (operations + callers * length - 1) / (callers * length)
        let start = ContinuousClock.now
        let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            var (exchanges, lost, begun) = (0, 0, 0)
            func begin() {
                guard begun < histories else { return }
                let number = begun
                group.addTask { try await history(number, on: store) }
                begun += 1
            }
            for _ in 0..<parallel { begin() }
            while let (made, unknown) = try await group.next() {
                exchanges += made
                lost += unknown
                begin()
            }
            return (exchanges, lost)
        }
        await close()
        let took = (ContinuousClock.now - start).components.seconds
        print(
            "store-lab: seed \(seed), \(histories) histories, \(counts.0) exchanges by \(callers) callers each, "
                + "\(counts.1) with lost replies or requests, all linearizable, \(took) s")
    }

    /// One history on three keys of its own; how many exchanges it had, and how many of them without an answer.
    ///
    /// In every other one replies and requests get lost. Nothing expires in those, as it would not be known when a
    /// write that nobody saw was stamped; in the others records expire all the time.
    private func history(_ number: Int, on base: any RecordStore) async throws -> (Int, Int) {
        let seed = Seed(seed).derived("history \(number)")
        let loses = !number.isMultiple(of: 2)
        let store = loses ? Self.losing(base, seed) : base
        let durations: [Duration] = loses ? [.seconds(3_600)] : [.milliseconds(1), .milliseconds(5), .seconds(60)]
        var generator = SeededGenerator(seed)
        let ids = (0..<3).map { RecordID(Digest(generator.next(), generator.next(), UInt64(number), UInt64($0))) }
        let log = ExchangeLog()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    let own = SeededGenerator(seed.derived("caller \(caller)"))
                    var client = HistoryClient(caller, own, durations: durations)
                    for _ in 0..<length {
                        let exchange = client.exchange(on: ids)
                        do throws(StoreError) {
                            client.learn(exchange.id, try await log.exchange(exchange, on: store))
                        } catch {
                            guard loses, error.code == .unavailable else { throw error as any Error }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let entries = log.entries
        do {
            try RegisterHistory.check(entries)
        } catch {
            print("VIOLATION in history \(number) of seed \(self.seed):\n\(error.description.prefix(4_000))")
            throw ExitCode(1)
        }
        return (entries.count, entries.count { $0.reply == nil })
    }

    private static func losing(_ store: some RecordStore, _ seed: Seed) -> any RecordStore {
        FaultyStore(store, plan: .random([.loseReply, .loseRequest], percent: 10, seed: seed))
    }
}
