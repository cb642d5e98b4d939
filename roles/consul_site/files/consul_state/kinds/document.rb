# frozen_string_literal: true

module DDConsul
  # A file with a process, to be downloaded.
  class DocumentKind < Kind
    kind "document", "Document"

    def build
      model.new(documentable: @run.record(parent), user: @run.author)
    end

    def read(record, field)
      field == "file" ? record.attachment&.blob&.checksum : super
    end

    def write(record, field, value)
      return super unless field == "file"

      blob = value && @run.files.blob(value)
      @awaited = value && blob.nil?
      record.attachment = blob if blob
    end

    # A check comes before the file is on the host.
    def save(record)
      @awaited ? record.save!(validate: false) : super
    end

    def root(record)
      record.documentable
    end
  end
end
