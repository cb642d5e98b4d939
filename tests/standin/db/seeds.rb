# frozen_string_literal: true

if Administrator.none?
  User.create!(username: "admin", email: "admin@consul.dev", password: "12345678",
               password_confirmation: "12345678", confirmed_at: Time.current, terms_of_service: "1")
      .create_administrator!
end

# Overwrites what an administrator set. That is Consul's way: seed once.
Setting.reset_defaults

%w[homepage debates proposals budgets help_page sdg].each { |name| WebSection.find_or_create_by!(name:) }

SiteCustomization::Page::SEEDED.each do |slug|
  next if SiteCustomization::Page.exists?(slug:)

  page = SiteCustomization::Page.new(slug:, status: "published")
  Setting.enabled_locales.each do |locale|
    I18n.with_locale(locale) do
      page.assign_attributes(title: I18n.t("pages.#{slug}.title"), content: I18n.t("pages.#{slug}.content"))
    end
  end
  page.save!
end

(1..17).each { |code| SDG::Goal.find_or_create_by!(code:) }
