/// Why the ledger refused a payment. Nothing has moved.
enum LedgerError: Error, Equatable, CustomStringConvertible {
    /// There is no account with that name on that side.
    case unknownAccount
    /// The account has less than the amount.
    case insufficientFunds

    var description: String {
        switch self {
        case .unknownAccount: "There is no such account; the demonstration's customer is called \(Ledger.customer)."
        case .insufficientFunds: "The account has less than that; start over to fill it again."
        }
    }
}
