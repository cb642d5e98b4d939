# frozen_string_literal: true

module DDConsul
  class ContentBlockKind < Kind
    kind "content_block", "SiteCustomization::ContentBlock"
  end
end
