# frozen_string_literal: true

module ApplicationHelper
  # Every setting of this request in one query.
  def setting
    @setting ||= Setting.pluck(:key, :value).to_h.transform_values(&:presence)
  end

  def enabled_modules
    Participation::MODULES.select { |name, _| setting["process.#{name}"] || setting["feature.#{name}"] }
  end

  # In the municipality's own words, where it has some.
  def t(key, **options)
    @texts ||= Hash.new { |all, locale| all[locale] = I18nContent.texts(locale) }
    @texts[options[:locale] || I18n.locale][key.to_s] || super
  end

  def content_block(name)
    raw SiteCustomization::ContentBlock.find_by(name:, locale: I18n.locale)&.body
  end

  # The site's own image of that name, or nil.
  def own_image(name)
    image = SiteCustomization::Image.find_by(name:)&.image
    url_for(image) if image&.attached?
  end

  # Consul's key for what a module is called in its menu.
  MENU = { "polls" => "poll_questions", "legislation" => "collaborative_legislation" }.freeze

  def module_title(name)
    t("layouts.header.#{MENU.fetch(name, name)}", default: t("modules.#{name}.title"))
  end

  def banner_section = controller_name == "welcome" ? "homepage" : @module

  def moments(record)
    t("participation.moments", from: l(record.starts_at, format: :long), until: l(record.ends_at, format: :long))
  end

  def days(range)
    t("participation.moments", from: l(range.first, format: :long), until: l(range.last, format: :long))
  end

  def money(amount, budget)
    number_to_currency(amount, unit: budget.currency_symbol, precision: 0, delimiter: ".", format: "%u %n")
  end

  def admin_page? = controller_path.start_with?("admin/")

  def menu_link(label, path, current: request.path == path)
    link_to label, path, "aria-current": (current ? "page" : nil)
  end

  # A labelled input with its hint and its error, tied together for a screen reader.
  def labelled(form, kind, name, hint: nil, **options)
    errors = form.object ? form.object.errors.full_messages_for(name) : []
    notes = { "hint" => hint, "error" => errors.first }.compact
    ids = notes.keys.map { |note| "user_#{name}_#{note}" }
    input = form.public_send(kind, name, required: true, "aria-describedby": ids.join(" ").presence,
                                         "aria-invalid": (errors.any? || nil), **options)
    texts = notes.map { |note, text| tag.p(text, class: "field-#{note}", id: "user_#{name}_#{note}") }
    tag.div(safe_join([form.label(name), *texts, input]), class: "field")
  end

  def page_title
    own = content_for(:title)
    site = setting["org_name"] || "CONSUL DEMOCRACY"
    own ? "#{own} – #{site}" : setting["meta_title"] || site
  end
end
