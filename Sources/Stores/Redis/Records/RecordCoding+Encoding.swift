import Idempotency
import NIOCore

extension RecordCoding {
    /// The parts of a draft as the exchange script takes them: what lies before the stamps, and what lies behind them.
    struct Pieces {
        private let draft: Draft
        private let state: UInt8
        private let detail: UInt8
        private let outcome: [UInt8]
        /// The lease or the retention, in microseconds.
        let length: Int64

        init(_ draft: Draft) {
            self.draft = draft
            switch draft.state {
            case .running(let lease):
                (state, detail, outcome, length) = (StateNumber.running, 0, [], lease.wholeMicroseconds)
            case .completed(let outcome, let retention):
                (state, detail, self.outcome) = (StateNumber.completed, outcome.kind.rawValue, outcome.bytes)
                length = retention.wholeMicroseconds
            case .inDoubt(let doubt):
                (state, detail, outcome, length) = (StateNumber.inDoubt, doubt.rawValue, [], 0)
            }
        }

        static let headSize = 22

        /// The first 22 bytes, up to the fence.
        func writeHead(into buffer: inout ByteBuffer) {
            buffer.writeMultipleIntegers(
                version, state, draft.owner.high, draft.owner.low, draft.renewals)
        }

        /// The bytes from the attempt on.
        var bodySize: Int {
            let label = draft.label
            return fixedSize - 54 + label.key.utf8.count + label.scope.utf8.count + label.operation.utf8.count
                + draft.checkpoint.count + outcome.count
        }

        func writeBody(into buffer: inout ByteBuffer) {
            buffer.writeInteger(draft.attempt)
            writeContent(into: &buffer)
        }

        /// The bytes behind the attempt: all that a rewriting changes.
        var contentSize: Int { bodySize - 4 }

        func writeContent(into buffer: inout ByteBuffer) {
            let digest = draft.fingerprint.digest.words
            buffer.writeMultipleIntegers(draft.fingerprint.algorithm, detail)
            buffer.writeMultipleIntegers(digest.0, digest.1, digest.2, digest.3)
            // Lengths have 32 bits; a store refuses records long before that.
            buffer.writeMultipleIntegers(
                UInt32(draft.label.key.utf8.count), UInt32(draft.label.scope.utf8.count),
                UInt32(draft.label.operation.utf8.count), UInt32(draft.checkpoint.count), UInt32(outcome.count))
            buffer.writeString(draft.label.key)
            buffer.writeString(draft.label.scope)
            buffer.writeString(draft.label.operation)
            buffer.writeBytes(draft.checkpoint)
            buffer.writeBytes(outcome)
        }
    }
}
