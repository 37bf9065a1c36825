import ArgumentParser
import IdempotencyEncrypted

/// `once encryption list`.
struct EncryptionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the keys of the file, without their secrets.")

    @OptionGroup var place: EncryptionFileArgument

    func run() async throws {
        let keys = try place.keyFile.read()
        for key in keys.keys { Output.write(key.id + (key.id == keys.activeID ? "  active" : "") + "\n") }
        if keys.plaintext == .accept { Output.write("Records that are not encrypted are accepted.\n") }
    }
}
