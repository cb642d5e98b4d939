# frozen_string_literal: true

# How mails look; a mail has no stylesheet.
module MailerHelper
  def css_for_mailer_button
    "background: #004a83;color: #fff!important;display: inline-block;padding: 10px 15px;"
  end

  def css_for_mailer_link
    "color: #004a83;"
  end
end
