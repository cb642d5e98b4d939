# frozen_string_literal: true

class ConfirmationMailer < ActionMailer::Base
  layout false
  helper MailerHelper

  def instructions(user)
    @user = user
    @organisation = Setting["org_name"]
    I18n.with_locale(user.locale.presence || Setting.default_locale) do
      mail(to: email_address_with_name(user.unconfirmed_email.presence || user.email, user.username),
           from: email_address_with_name(Setting["mailer_from_address"], Setting["mailer_from_name"]),
           subject: t(".subject", organisation: @organisation))
    end
  end
end
