# frozen_string_literal: true

module DDConsul
  # A card on the home page or on a page of the site's own; with "header", what
  # stands on top of the home page.
  class CardKind < Kind
    kind "card", "Widget::Card"

    # Consul shows the first header that there is: another one would never be seen.
    def find
      model.find_by(header: true, cardable_id: nil) if fields["header"] && parent.nil?
    end

    def build
      parent ? model.new(cardable: @run.record(parent)) : model.new
    end

    def read(record, field)
      field == "image" ? image(record)&.attachment&.blob&.checksum : super
    end

    def write(record, field, value)
      return super unless field == "image"

      @checksum = value
      @image_given = true
    end

    # Its image needs the card's number, and somebody who put it there.
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
      record.title.to_s.truncate(80).ljust(4, ".")
    end
  end
end
