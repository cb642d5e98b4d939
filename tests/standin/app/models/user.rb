# frozen_string_literal: true

# An account. The names follow those of the library that Consul's accounts are
# built on, so that the operator's code works with both.
class User < ApplicationRecord
  CONFIRM_WITHIN = 3.days

  attr_reader :password

  ROLES = %w[administrator moderator manager valuator].freeze

  ROLES.each { |role| has_one role.to_sym, dependent: :destroy }

  normalizes :email, with: ->(email) { email.strip.downcase }

  validates :username, presence: true, uniqueness: true, length: { maximum: 60 }
  validates :email, presence: true, uniqueness: true, format: { with: URI::MailTo::EMAIL_REGEXP, allow_blank: true }
  validates :password, presence: true, if: -> { encrypted_password.blank? }
  validates :password, length: { in: 8..72 }, confirmation: true, allow_blank: true
  validate :password_is_new, on: :update
  validates :terms_of_service, acceptance: { allow_nil: false }, on: :create

  before_create :ask_confirmation, unless: :confirmed?
  before_update :postpone_email, if: -> { email_changed? && confirmed? && !@skip_reconfirmation }
  after_commit :send_confirmation, if: -> { @confirmation_asked }

  def self.find_for_login(login)
    find_by(email: login.to_s.strip.downcase) || find_by(username: login.to_s.strip)
  end

  def password=(value)
    @password = value.presence
    return unless @password

    self.encrypted_password = BCrypt::Password.create(@password)
    self.password_changed_at = Time.current
  end

  def valid_password?(candidate)
    encrypted_password.present? && BCrypt::Password.new(encrypted_password).is_password?(candidate.to_s)
  end

  def administrator? = administrator.present?
  def roles = ROLES.select { |role| public_send(role) }
  def confirmed? = confirmed_at.present?
  def name = username

  # Nothing needs confirming: this change of address, or this new account.
  def skip_reconfirmation! = @skip_reconfirmation = true
  def skip_confirmation_notification! = @skip_confirmation_notification = true

  def confirm
    return false if confirmation_sent_at && confirmation_sent_at < CONFIRM_WITHIN.ago

    skip_reconfirmation!
    update(email: unconfirmed_email.presence || email, unconfirmed_email: nil, confirmed_at: Time.current)
  end

  def signed_in!(address)
    update_columns(sign_in_count: sign_in_count + 1, current_sign_in_ip: address, current_sign_in_at: Time.current,
                   last_sign_in_ip: current_sign_in_ip, last_sign_in_at: current_sign_in_at)
  end

  private

  def password_is_new
    return unless password && encrypted_password_was.present?

    errors.add(:password, :taken_before) if BCrypt::Password.new(encrypted_password_was).is_password?(password)
  end

  # A new address counts only once the mail to it was answered.
  def postpone_email
    self.unconfirmed_email = email
    self.email = email_was
    ask_confirmation
  end

  def ask_confirmation
    self.confirmation_token = SecureRandom.urlsafe_base64(15)
    self.confirmation_sent_at = Time.current
    @confirmation_asked = true
  end

  def send_confirmation
    @confirmation_asked = false
    return if @skip_confirmation_notification

    ConfirmationMailer.instructions(self).deliver_later
  end
end
