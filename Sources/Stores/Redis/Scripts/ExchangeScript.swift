/// The script that is an exchange: it looks, compares, and writes last, in one command and on one key.
///
/// A script that fails halfway keeps what it has written before, so there is one write and all that can fail is done
/// before it. Time is the server's. The arguments:
///
/// 1. what is expected: a byte for the kind (0 vacant, 1 running, 2 unrenewed, 3 in doubt, 9 nothing that there can
///    be), owner, renewals
/// 2. what to write up to the fence, or nothing to delete
/// 3. the fence, or nothing in a claim
/// 4. lease or retention, in microseconds
/// 5. when the key was first claimed, or nothing if that is now
/// 6. the rest of what to write
/// 7. for how many milliseconds the server keeps it, or nothing for ever
///
/// It answers 1, the time and the last fence of the key when it has written; else 0, the time and what is there.
///
/// **The fence** of a claim is the higher of the time in microseconds and of one more than the last fence of the key.
/// As long as the key is there, it grows by that alone. What is deleted or expired leaves its fence behind for
/// `memory`, and when that is forgotten, or the server has lost everything, time has gone on: a fence goes back only
/// when the clock was set back by more than that time as well.
struct ExchangeScript: Hashable, Sendable {
    /// For how many milliseconds the fence of a vacant key is remembered.
    let memory: Int64
    /// Whether those who wait for the key are told when it is no longer running.
    let announces: Bool
    /// Whether a writer that finds its own record writes it once more, so that the write can be waited for.
    let rewrites: Bool

    /// The script. Where `allowsFullMemory`, it writes also when the server has used up its memory; Redis 7 knows that.
    func text(allowsFullMemory: Bool) -> String {
        (allowsFullMemory ? "#!lua flags=allow-oom\n" : "")
            + Self.look
            + (rewrites ? Self.rewriting : "")
            + Self.refusal
            + Self.deletion.replacing("MEMORY", with: "\(memory)")
            .replacing("ANNOUNCE", with: announces ? Self.announcement : "")
            + Self.writing.replacing("ANNOUNCE", with: announces ? Self.conditionalAnnouncement : "")
    }

    private static let look = """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local old = redis.call('GET', KEYS[1])
        local state, fence = 0, 0
        if old then
          state = string.byte(old, 2)
          if string.byte(old, 1) ~= 1 or #old < (state == 0 and 30 or 112) then
            state = -1
          else
            fence = struct.unpack('>I8', old, 23)
            if state == 2 then
              local at, length = struct.unpack('>i8i8', old, 31)
              if now - at >= length then state = 0 end
            end
          end
        end
        local kind = string.byte(ARGV[1], 1)
        local held
        if kind == 0 then
          held = state == 0
        elseif kind == 2 then
          held = state == 1 and string.sub(old, 3, 22) == string.sub(ARGV[1], 2, 21)
        else
          held = state == kind and string.sub(old, 3, 18) == string.sub(ARGV[1], 2, 17)
        end

        """

    private static let rewriting = """
        if not held and state > 0 and string.sub(old, 3, 18) == string.sub(ARGV[2], 3, 18) then
          redis.call('SET', KEYS[1], old, 'KEEPTTL')
        end

        """

    private static let refusal = """
        if not held then
          if state == 0 then return {0, now} end
          return {0, now, old}
        end

        """

    private static let deletion = """
        if ARGV[2] == '' then
          if old then
            redis.call('SET', KEYS[1], '\\1' .. string.rep('\\0', 21) .. struct.pack('>I8', fence), 'PX', MEMORY)
          end
          ANNOUNCE
          return {1, now}
        end

        """

    private static let writing = """
        local stamp = struct.pack('>I8', now)
        local mark = ARGV[3]
        if mark == '' then
          fence = math.max(fence + 1, now)
          mark = struct.pack('>I8', fence)
        end
        local value = ARGV[2] .. mark .. stamp .. ARGV[4] .. (ARGV[5] == '' and stamp or ARGV[5]) .. ARGV[6]
        if ARGV[7] == '' then
          redis.call('SET', KEYS[1], value)
        else
          redis.call('SET', KEYS[1], value, 'PX', ARGV[7])
        end
        ANNOUNCE
        return {1, now, fence}
        """

    // Nobody's write may fail because nobody may publish.
    private static let announcement = "redis.pcall('PUBLISH', KEYS[1], '')"
    private static let conditionalAnnouncement = "if string.byte(ARGV[2], 2) ~= 1 then \(announcement) end"
}
