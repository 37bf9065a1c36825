import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts

/// Statements that have the server itself refuse writes of records: with a code, for the first few of them. They are
/// counted in a sequence, which no rollback takes back.
struct Trouble {
    /// When the server says it.
    enum Moment {
        /// In the middle of a round.
        case write
        /// While it commits.
        case commit
    }

    private let place: TestPlace

    /// - Parameters:
    ///   - sqlState: What the server says.
    ///   - moment: When.
    ///   - times: How often, before all goes well.
    ///   - table: Where the writes go.
    ///   - condition: For which records, as a condition over `NEW`.
    init(
        _ sqlState: String, at moment: Moment = .write, times: Int, on table: String = "idempotency_records",
        where condition: String = "true", in place: TestPlace
    ) async throws {
        self.place = place
        let trigger =
            switch moment {
            case .write: "CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON \(table)"
            case .commit:
                "CREATE CONSTRAINT TRIGGER trouble AFTER INSERT OR UPDATE ON \(table) "
                    + "DEFERRABLE INITIALLY DEFERRED"
            }
        try await place.execute(
            """
            CREATE SEQUENCE troubled;
            CREATE FUNCTION make_trouble() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF \(condition) AND nextval('troubled') <= \(times) THEN
                    RAISE EXCEPTION 'planned' USING ERRCODE = '\(sqlState)';
                END IF;
                RETURN NEW;
            END $$;
            \(trigger) FOR EACH ROW EXECUTE FUNCTION make_trouble();
            """)
    }

    /// How often it met such a record so far.
    var met: Int {
        get async throws {
            Int(try await place.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM troubled")) ?? -1
        }
    }
}

extension PostgresStore {
    /// Queues exchanges in one go, so that those of a connection share rounds; the answers in their order.
    func exchangeTogether(_ exchanges: [Exchange]) async -> [Result<ExchangeReply, StoreError>] {
        let (stream, continuation) = AsyncStream<(Int, Result<ExchangeReply, StoreError>)>.makeStream()
        for (number, exchange) in exchanges.enumerated() {
            submit(exchange) { continuation.yield((number, $0)) }
        }
        var answers: [Int: Result<ExchangeReply, StoreError>] = [:]
        for await (number, answer) in stream {
            answers[number] = answer
            if answers.count == exchanges.count { break }
        }
        return exchanges.indices.compactMap { answers[$0] }
    }
}
