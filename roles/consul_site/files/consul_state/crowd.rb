# frozen_string_literal: true

module DDConsul
  # The fictitious people who show what a vraagstuk is like. They have no password, so that nobody logs in as one of
  # them, and an address that no mail can reach (RFC 2606). By the two together they are known: whoever registers has
  # a password. A document remembers them as one thing, by the first of them.
  class Crowd
    NAME = "Voorbeeld %d"
    ADDRESS = "voorbeeld-%<number>d.%<name>s@example.invalid"
    # What Consul would write to them about, or show of them.
    QUIET = %w[
      newsletter email_digest email_on_direct_message email_on_comment email_on_comment_reply public_activity
      recommended_debates recommended_proposals
    ].freeze
    # What refers to a person, and tells nothing once he or she is gone.
    LEFTOVERS = %w[notifications follows locks].freeze

    def self.everybody
      User.unscoped.where(encrypted_password: "").where("email LIKE 'voorbeeld-%@example.invalid'")
    end

    # The one whose first person has this number; also one that a moderator hid.
    def self.find_by(id:)
      email = everybody.where(id:).pick(:email)
      new(email[/\.(.*)@/, 1]) if email
    end

    def self.unscoped
      self
    end

    attr_reader :name

    # The name of the vraagstuk.
    def initialize(name)
      @name = name
    end

    def people
      Crowd.everybody.where("email LIKE ?", "voorbeeld-%.#{name}@example.invalid").order(:id)
    end

    def ids
      @ids ||= people.ids
    end

    def id
      ids.first
    end

    # So many of them, numbered from 1.
    def resize(count)
      there = people.index_by { |person| person.email[/\d+/].to_i }
      (1..count).each { |number| add(number) unless there.key?(number) }
      remove(there.select { |number, _| number > count }.values.map(&:id))
      @ids = nil
    end

    # All that they did goes, and they themselves. Returns what stays, since inhabitants reacted to it, with its author.
    def leave
      remove(ids)
    ensure
      @ids = nil
    end

    private

    # Their names are the same everywhere, which is why Consul isn't asked whether somebody else has one.
    def add(number)
      person = User.new(email: format(ADDRESS, number:, name:), username: format(NAME, number), encrypted_password: "",
                        terms_of_service: "1", confirmed_at: Time.current)
      person.skip_confirmation_notification!
      person.save!(validate: false)
      person.update_columns(QUIET.intersection(User.column_names).index_with { false })
    end

    def remove(ids)
      return [] if ids.empty?

      stays = Deeds.new(ids).undo
      authors = stays.map { |record| Deeds.author_of(record) }
      (ids - authors).each { |id| delete(id) }
      stays
    end

    # Something else may refer to a person, such as a message; then he or she stays.
    def delete(id)
      User.transaction(requires_new: true) do
        LEFTOVERS.each { |table| Rows[table].where(user_id: id).delete_all if Rows.there?(table) }
        Rows["users"].where(id:).delete_all
      end
    rescue ActiveRecord::InvalidForeignKey
      nil
    end
  end
end
