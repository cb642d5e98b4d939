# frozen_string_literal: true

# Consul has the colours of a mail's buttons and links in its code. Each site has
# its own in the environment, so that one build serves them all.
module DDConsulMailColours
  def css_for_mailer_button
    button, text = ENV.values_at("DDCONSUL_MAIL_BUTTON", "DDCONSUL_MAIL_BUTTON_TEXT")
    return super unless button

    super.sub(/background: [^;]+;/, "background: #{button};").sub(/(?<![-a-z])color: [^;!]+/, "color: #{text}")
  end

  def css_for_mailer_link
    link = ENV.fetch("DDCONSUL_MAIL_LINK", nil)
    link ? super.sub(/(?<![-a-z])color: [^;]+/, "color: #{link}") : super
  end
end

Rails.application.config.to_prepare { MailerHelper.prepend(DDConsulMailColours) }
