import AsyncHTTPClient
import Logging
import NIOCore
import NIOPosix
import StoreTestParts

@testable import IdempotencyDynamoDB

/// A keeper of credentials without a store around it.
struct CredentialBench {
    let keeper: CredentialKeeper
    let clock: TestClock

    init(_ source: any CredentialSource, clock: TestClock = TestClock()) async throws {
        self.clock = clock
        keeper = CredentialKeeper(source, http: .shared, clock: ServerClock(clock), logger: silent)
    }

    func credentials() async throws -> Credentials {
        try await keeper.credentials(on: MultiThreadedEventLoopGroup.singleton.next()).get()
    }
}
