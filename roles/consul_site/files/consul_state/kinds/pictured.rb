# frozen_string_literal: true

module DDConsul
  # An object with one image, which needs the object's number and somebody who put it there.
  module Pictured
    def read(record, field)
      field == "image" ? image(record)&.attachment&.blob&.checksum : super
    end

    def write(record, field, value)
      return super unless field == "image"

      @checksum = value
      @image_given = true
    end

    def save(record)
      super
      return unless @image_given

      old = image(record)
      blob = @checksum && @run.files.blob(@checksum)
      return if @checksum && blob.nil?

      old&.destroy!
      attach(record, blob) if blob
    end

    private

    def image(record)
      Image.find_by(imageable_type: model.name, imageable_id: record.id) if record.persisted?
    end

    def attach(record, blob)
      Image.create!(imageable: record, user: @run.author, title: alternative(record), attachment: blob)
    end

    # The image's title is what a screen reader says for it.
    def alternative(record)
      title(record).to_s.truncate(80).ljust(4, ".")
    end
  end
end
