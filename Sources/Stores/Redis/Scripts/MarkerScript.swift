/// The script that finds out whether the server still has what it had: it reads and moves a marker.
///
/// The marker is a hash: `token`, random, made with the store; a count for every instance that has the store open, one
/// higher with every beat; `quarantine`, until when no new key is taken. An instance that misses the token, finds
/// another, or finds its own count lower than the server has told it, knows that acknowledged writes are lost.
///
/// Arguments: the field of the instance, the count it knows or nothing, the token it knows or nothing, a new token, for
/// how many microseconds no new key is taken after a loss, and `must` where no marker is to be made. It answers the
/// time, the verdict, and, unless the store is missing, token, count and the end of the quarantine or 0.
enum MarkerScript {
    /// The version of everything that the store keeps in the server.
    static let format = 1

    /// After how long the count of an instance that never came back is cleared away: a week.
    private static let staleness = 7 * 86_400 * 1_000_000

    static func text(allowsFullMemory: Bool) -> String {
        (allowsFullMemory ? "#!lua flags=allow-oom\n" : "")
            + body.replacing("FORMAT", with: "\(format)").replacing("STALENESS", with: "\(staleness)")
    }

    private static let body = """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local key, field, known, token = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
        local there = redis.call('HGET', key, 'token')
        local format = redis.call('HGET', key, 'format')
        local own = redis.call('HGET', key, field)
        local hold = tonumber(redis.call('HGET', key, 'quarantine') or '0')
        local count = own and tonumber(string.match(own, '^%d+')) or 0
        local verdict = 'same'
        if not there then
          if token == '' and ARGV[6] == 'must' then return {now, 'missing'} end
          verdict = token == '' and 'new' or 'empty'
          there = ARGV[4]
          format = 'FORMAT'
        elseif format ~= 'FORMAT' then
          return {now, 'format'}
        elseif token ~= '' and token ~= there then
          verdict = 'other'
        elseif known ~= '' and count < tonumber(known) then
          verdict = 'behind'
        end
        if (verdict == 'empty' or verdict == 'other' or verdict == 'behind') and tonumber(ARGV[5]) > 0 then
          hold = math.max(hold, now + tonumber(ARGV[5]))
        end
        count = count + 1
        redis.call('HSET', key, 'token', there, 'format', format, 'quarantine', string.format('%.0f', hold),
          field, string.format('%d:%.0f', count, now))
        if known == '' then
          local all = redis.call('HGETALL', key)
          for i = 1, #all, 2 do
            local since = string.match(all[i + 1], '^%d+:(%d+)$')
            if string.sub(all[i], 1, 2) == 'i:' and since and now - since > STALENESS then
              redis.call('HDEL', key, all[i])
            end
          end
        end
        return {now, verdict, there, count, hold}
        """
}
