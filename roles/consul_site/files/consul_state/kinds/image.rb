# frozen_string_literal: true

module DDConsul
  # One of the site's own images: logo, icons, backgrounds.
  class ImageKind < Kind
    kind "image", "SiteCustomization::Image"

    def read(record, field)
      field == "file" ? record.image.attachment&.blob&.checksum : super
    end

    def write(record, field, value)
      return super unless field == "file"

      blob = value && @run.files.blob(value)
      record.image = blob if blob || value.nil?
    end

    def title(record)
      record.name
    end
  end
end
