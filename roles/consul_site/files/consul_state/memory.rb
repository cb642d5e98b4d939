# frozen_string_literal: true

module DDConsul
  # What was applied last, in tables of our own. From it follows who changed a
  # value since: the file, or somebody in the admin pages.
  #
  # The main site's tables have a schema of their own. A tenant's stand in the
  # tenant's schema, so that they are renamed and dropped with it.
  class Memory
    def self.in_schema(sql, tenant)
      tenant.empty? ? sql : sql.gsub("ddconsul.", "\"#{tenant}\".ddconsul_")
    end

    def initialize(connection, tenant)
      @connection = connection
      @tenant = tenant
      @connection.execute("SET LOCAL client_min_messages TO warning")
      @connection.execute("CREATE SCHEMA IF NOT EXISTS ddconsul") if tenant.empty?
      MEMORY_TABLES.each { |sql| execute(sql) }
      read
    end

    # Whether nothing was ever applied: the site is new.
    def first?
      @first
    end

    # What is remembered, in the order in which it was made.
    def objects
      @objects.values
    end

    def object(key)
      @objects[key]
    end

    def key_of(record)
      objects.find { |found| [found.record_type, found.record_id] == [record.class.name, record.id] }&.key
    end

    def fields(key)
      @applied[key]
    end

    def keys_of_fields
      @applied.keys
    end

    def last(key, field)
      fields(key).fetch(field, Decision::ABSENT)
    end

    def apply(key, field, value)
      return if last(key, field) == value

      execute("INSERT INTO ddconsul.applied VALUES (?, ?, ?) " \
              "ON CONFLICT (key, field) DO UPDATE SET value = excluded.value", key, field, value)
      fields(key)[field] = value
    end

    def forget_field(key, field)
      execute("DELETE FROM ddconsul.applied WHERE key = ? AND field = ?", key, field)
      fields(key).delete(field)
    end

    def remember(key, record, made:)
      execute("INSERT INTO ddconsul.objects (key, record_type, record_id, made) VALUES (?, ?, ?, ?) " \
              "ON CONFLICT (key) DO UPDATE SET record_type = excluded.record_type, " \
              "record_id = excluded.record_id, made = excluded.made, withdrawn = false",
              key, record.class.name, record.id, made)
      @objects[key] = Remembered.new(key, record.class.name, record.id, made, false)
    end

    # It left the document, and is known when it comes back.
    def withdraw(key, withdrawn: true)
      execute("UPDATE ddconsul.objects SET withdrawn = ? WHERE key = ?", withdrawn, key)
      object(key).withdrawn = withdrawn
    end

    # Why something that people were voting on was changed: for whoever asks later.
    def override(reason, key, field, old, new)
      execute("INSERT INTO ddconsul.overrides (reason, key, field, old, new) VALUES (?, ?, ?, ?, ?)",
              reason, key, field, old, new)
    end

    def rename(old, new)
      %w[objects applied].each { |table| execute("UPDATE ddconsul.#{table} SET key = ? WHERE key = ?", new, old) }
      read
    end

    def forget(key)
      %w[objects applied].each { |table| execute("DELETE FROM ddconsul.#{table} WHERE key = ?", key) }
      @objects.delete(key)
      @applied.delete(key)
    end

    # From here on, the same document and the same digests mean that there is nothing to do.
    def close(fingerprint, kept)
      execute("INSERT INTO ddconsul.document (fingerprint, kept) VALUES (?, ?) ON CONFLICT (only_row) DO UPDATE " \
              "SET fingerprint = excluded.fingerprint, kept = excluded.kept, applied_at = now()",
              fingerprint, JSON.generate(kept))
      digests = File.read(File.join(__dir__, "digests.sql"))
      execute("UPDATE ddconsul.objects AS objects SET digest = held.digest " \
              "FROM (#{digests}) AS held WHERE held.key = objects.key")
    end

    private

    def read
      @first = rows("SELECT 1 FROM ddconsul.document").empty?
      @objects = rows("SELECT * FROM ddconsul.objects ORDER BY position").to_h do |row|
        [row["key"], Remembered.new(*row.values_at("key", "record_type", "record_id", "made", "withdrawn"))]
      end
      @applied = Hash.new { |all, key| all[key] = {} }
      rows("SELECT * FROM ddconsul.applied").each { |row| @applied[row["key"]][row["field"]] = row["value"] }
    end

    def rows(sql)
      @connection.select_all(Memory.in_schema(sql, @tenant)).to_a
    end

    def execute(sql, *values)
      sql = Memory.in_schema(sql, @tenant)
      @connection.execute(values.empty? ? sql : ActiveRecord::Base.sanitize_sql_array([sql, *values]))
    end
  end
end
