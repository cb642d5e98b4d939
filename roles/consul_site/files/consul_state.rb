# frozen_string_literal: true

# Makes what Consul contains match a document, and says what it changed.
#
# In: JSON on standard input, {"check": bool, "fingerprint": "...",
# "administrator": {"name", "email", "password"}, "settings": {key => value}}.
# Out: one line on standard output that starts with DDCONSUL and goes on with
# JSON, {"changes": [{"object", "field", "old", "new", "kind"}]} or {"error"}.
#
# All or nothing: one transaction. With "check" it is rolled back at the end, so
# what it answers is what it would do.

require "json"

module DDConsul
  # What was applied last, in tables of our own beside Consul's. From it follows
  # who changed a value since: the file, or somebody in the admin pages.
  class Memory
    TABLES = <<~SQL
      CREATE SCHEMA IF NOT EXISTS ddconsul;
      CREATE TABLE IF NOT EXISTS ddconsul.document (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        fingerprint text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE IF NOT EXISTS ddconsul.objects (
        key text PRIMARY KEY, record_type text NOT NULL, record_id bigint NOT NULL);
      CREATE TABLE IF NOT EXISTS ddconsul.applied (
        key text NOT NULL, field text NOT NULL, value text, PRIMARY KEY (key, field));
    SQL

    def initialize(connection)
      @connection = connection
      @connection.execute("SET LOCAL client_min_messages TO warning")
      @connection.execute(TABLES)
    end

    def applied?(key, field)
      !row(key, field).nil?
    end

    def applied(key, field)
      row(key, field)&.fetch("value")
    end

    def apply(key, field, value)
      write("INSERT INTO ddconsul.applied VALUES (?, ?, ?) " \
            "ON CONFLICT (key, field) DO UPDATE SET value = excluded.value", key, field, value)
    end

    def record(key)
      found = @connection.select_one(bind("SELECT * FROM ddconsul.objects WHERE key = ?", key))
      found && found["record_type"].constantize.find_by(id: found["record_id"])
    end

    def remember(key, record)
      write("INSERT INTO ddconsul.objects VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE " \
            "SET record_type = excluded.record_type, record_id = excluded.record_id",
            key, record.class.name, record.id)
    end

    def empty?
      @connection.select_value("SELECT count(*) FROM ddconsul.document").zero?
    end

    def fingerprint(value)
      write("INSERT INTO ddconsul.document (fingerprint) VALUES (?) " \
            "ON CONFLICT (only_row) DO UPDATE SET fingerprint = excluded.fingerprint, applied_at = now()", value)
    end

    private

    def row(key, field)
      @connection.select_one(bind("SELECT value FROM ddconsul.applied WHERE key = ? AND field = ?", key, field))
    end

    def write(sql, *values)
      @connection.execute(bind(sql, *values))
    end

    def bind(sql, *values)
      ActiveRecord::Base.sanitize_sql_array([sql, *values])
    end
  end

  # One run: a document in, a list of changes out.
  class State
    PLACEHOLDER = "nobody@ddconsul.invalid"
    FIRST_ADMINISTRATOR = "administrator"

    def initialize(document)
      @document = document
      @changes = []
    end

    def apply
      ActiveRecord::Base.transaction do
        @memory = Memory.new(ActiveRecord::Base.connection)
        @first = @memory.empty?
        I18n.with_locale(I18n.default_locale) do
          @document.fetch("settings", {}).each { |key, value| setting(key, value) }
          administrator(@document["administrator"]) if @document["administrator"]
        end
        @memory.fingerprint(@document.fetch("fingerprint"))
        raise ActiveRecord::Rollback if @document["check"]
      end
      @changes
    end

    private

    # Consul's own reading of a flag: present is on, and the word "false" is too.
    def stored(value)
      case value
      when true then "t"
      when false, nil, "" then nil
      else value.to_s
      end
    end

    def setting(key, value)
      field("setting #{key}", "value", actual: Setting[key], wanted: stored(value)) do
        Setting[key] = value.is_a?(String) || value == true || value.nil? ? value : stored(value)
      end
    end

    def administrator(wanted)
      user = @memory.record(FIRST_ADMINISTRATOR)
      return new_administrator(wanted) unless user

      { "username" => wanted["name"], "email" => wanted["email"] }.each do |name, value|
        field(FIRST_ADMINISTRATOR, name, actual: user[name], wanted: value) do
          quietly(user) { user[name] = value }
        end
      end
    end

    # The seeded account becomes the municipality's first administrator, with a
    # password that nobody else has.
    def new_administrator(wanted)
      user = User.find_by(email: PLACEHOLDER) || User.find_by(email: wanted["email"]) ||
             User.new(terms_of_service: "1")
      quietly(user) do
        user.assign_attributes(username: wanted["name"], email: wanted["email"], password: wanted["password"],
                               password_confirmation: wanted["password"])
        user.confirmed_at ||= Time.current
      end
      Administrator.create!(user: user) unless Administrator.exists?(user_id: user.id)
      @memory.remember(FIRST_ADMINISTRATOR, user)
      { "username" => wanted["name"], "email" => wanted["email"] }.each do |name, value|
        @memory.apply(FIRST_ADMINISTRATOR, name, value)
      end
      change(FIRST_ADMINISTRATOR, "email", nil, wanted["email"], "created")
    end

    # Nobody gets a mail about an account that the municipality sets up itself.
    def quietly(user)
      user.skip_reconfirmation! if user.respond_to?(:skip_reconfirmation!)
      user.skip_confirmation_notification! if user.respond_to?(:skip_confirmation_notification!)
      yield
      user.save!
    end

    def field(object, name, actual:, wanted:, &)
      @first ? first(object, name, actual, wanted, &) : later(object, name, actual, wanted, &)
    end

    # Three values decide: what stands in the file, what was applied last, and
    # what is there. An edit made in the admin pages is kept.
    def later(object, name, actual, wanted)
      last_known = @memory.applied?(object, name)
      last = @memory.applied(object, name)
      if actual == wanted
        @memory.apply(object, name, wanted) unless last_known && last == wanted
      elsif !last_known || actual == last
        yield
        @memory.apply(object, name, wanted)
        change(object, name, actual, wanted, "changed")
      else
        change(object, name, actual, wanted, wanted == last ? "drift" : "conflict")
      end
    end

    # Of a new site all is told, whatever its seeds hold: it is what the site is
    # made to contain.
    def first(object, name, actual, wanted)
      yield unless actual == wanted
      @memory.apply(object, name, wanted)
      change(object, name, nil, wanted, "created")
    end

    def change(object, field, old, new, kind)
      @changes << { object: object, field: field, old: old, new: new, kind: kind }
    end
  end

  def self.main(input)
    { changes: State.new(JSON.parse(input)).apply }
  rescue StandardError => e
    { error: "#{e.class}: #{e.message}" }
  end
end

puts "DDCONSUL #{JSON.generate(DDConsul.main($stdin.read))}"
