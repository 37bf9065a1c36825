import CPostgres

/// What the server remarked while it worked on the last statements.
final class Notices {
    /// A remark.
    struct Notice: Hashable {
        /// Its code; `01000` is a plain warning.
        let sqlState: String
        /// `WARNING`, `NOTICE` and so on, in no language.
        let severity: String
        /// What it says.
        let message: String
    }

    /// The remarks since `forget`, 100 at most.
    private(set) var all: [Notice] = []

    /// Forgets them.
    func forget() {
        all.removeAll(keepingCapacity: true)
    }

    /// Hears what the server says on this connection, which must not outlive this object.
    func listen(to connection: OpaquePointer) {
        _ = PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                let notices = Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue()
                guard notices.all.count < 100 else { return }
                func field(_ code: UInt8) -> String {
                    PQresultErrorField(result, Int32(code)).map { String(cString: $0) } ?? ""
                }
                notices.all.append(
                    Notice(
                        sqlState: field(UInt8(ascii: "C")), severity: field(UInt8(ascii: "V")),
                        message: field(UInt8(ascii: "M"))))
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
