# frozen_string_literal: true

module DDConsul
  class PageKind < Kind
    kind "page", "SiteCustomization::Page"

    # Consul keeps what it is given and shows what its sanitiser leaves of it.
    def normal(field, text)
      return text unless text && field.start_with?("content.") && defined?(AdminWYSIWYGSanitizer)

      AdminWYSIWYGSanitizer.new.sanitize(text).to_s
    end

    # Its cards go with a page, also those that somebody else made.
    def used?(record)
      Widget::Card.exists?(cardable_type: model.name, cardable_id: record.id)
    end

    def hide(record)
      record.update!(status: "draft")
    end
  end
end
