import ArgumentParser
import Foundation
import Idempotency
import OnceTools

/// Runs the command that was asked for, and ends with the exit code that tells how it went.
@main
enum EntryPoint {
    private static let failed: Int32 = 1
    private static let wrongUse: Int32 = 2

    static func main() async {
        do {
            var command = try OnceCommand.parseAsRoot()
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch let error as UsageError {
            Output.error("once: \(error)")
            exit(wrongUse)
        } catch let error as ExitCode {
            exit(error.rawValue)
        } catch {
            end(with: error)
        }
    }

    /// Errors of the argument parser are wrong use, its help is none; all others are failures.
    private static func end(with error: any Error) -> Never {
        switch OnceCommand.exitCode(for: error) {
        case .success:
            Output.write(OnceCommand.fullMessage(for: error) + "\n")
            exit(0)
        case .validationFailure:
            Output.error(OnceCommand.fullMessage(for: error))
            exit(wrongUse)
        default:
            // The code of a store's error is for programs; its message says what to do.
            Output.error("once: \((error as? StoreError)?.message ?? "\(error)")")
            exit(failed)
        }
    }
}
