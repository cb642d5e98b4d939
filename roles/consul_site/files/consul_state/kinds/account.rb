# frozen_string_literal: true

module DDConsul
  # An account with its roles. Nobody gets a mail about an account that the
  # municipality sets up itself, and no account is ever removed.
  class AccountKind < Kind
    kind "account", "User"

    ROLES = %w[administrator moderator manager valuator].freeze
    # What the build's seeds made, with a password that nobody has, and what Consul
    # makes in a new tenant, with one that everybody has.
    SEEDED = %w[nobody@ddconsul.invalid admin@consul.dev].freeze

    def self.role(name)
      name.classify.constantize
    end

    def find
      model.find_by("lower(email) = ?", email.downcase)
    end

    # Not one that a moderator blocked, or that is somebody else's by now.
    def back(remembered)
      record = remembered.record
      record if record&.email.to_s.casecmp?(email)
    end

    def build
      user = placeholder || model.new(terms_of_service: "1")
      secret = password
      user.assign_attributes(email:, password: secret, password_confirmation: secret)
      user.confirmed_at ||= Time.current
      user
    end

    def read(record, field)
      return super unless ROLES.include?(field)

      (record.persisted? && AccountKind.role(field).exists?(user_id: record.id)).to_s
    end

    def write(record, field, value)
      ROLES.include?(field) ? roles[field] = value : super
    end

    def clear(record, fields)
      fields.each { |field| write(record, field, false) if ROLES.include?(field) }
    end

    def save(record)
      take_over_name(record) if record.username_changed?
      record.skip_reconfirmation!
      record.skip_confirmation_notification!
      record.save!
      roles.each { |name, given| role(record, name, given) }
    end

    # Whoever registered chose a name.
    def theirs?(field)
      field == "username"
    end

    private

    def email
      identity.fetch("email")
    end

    # Consul has each name once, and somebody who comes after another, or has another address now, has the same.
    def take_over_name(record)
      name = record.username
      holder = model.where.not(id: record.id).find_by(username: name)
      @run.succession.give_way(holder, "username", free(name)) if holder
    end

    def free(name)
      most = model.columns_hash["username"].limit || name.length
      names = (2..).lazy.map { |number| " (#{number})" }.map { |ending| name.first(most - ending.length) + ending }
      names.find { |other| !model.exists?(username: other) }
    end

    def first?
      @run.first_account == @spec["key"]
    end

    def placeholder
      model.find_by(email: SEEDED) if first?
    end

    # All but the first ask for one with "forgot your password".
    def password
      (@run.administrator_password if first?) || "#{SecureRandom.alphanumeric(40)}aA1-"
    end

    def roles
      @roles ||= {}
    end

    def role(user, name, given)
      of_user = AccountKind.role(name).where(user_id: user.id)
      given ? of_user.first_or_create! : of_user.each(&:destroy!)
    end
  end
end
