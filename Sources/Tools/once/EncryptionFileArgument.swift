import ArgumentParser
import IdempotencyEncrypted

/// Which file of keys.
struct EncryptionFileArgument: ParsableArguments {
    @Argument(help: "The file of keys.")
    var file: String

    var keyFile: EncryptionKeyFile { EncryptionKeyFile(path: file) }
}
