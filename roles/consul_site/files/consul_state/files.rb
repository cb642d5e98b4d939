# frozen_string_literal: true

require "tmpdir"

module DDConsul
  # The files that the document names, put where Consul keeps its own before the
  # transaction ends: a full disk then undoes it all. What was put there and is
  # not wanted in the end, because of a check or a refusal, is taken away.
  class Files
    def initialize(files, check:)
      @files = files
      @check = check
      @blobs = []
    end

    # Yields with nothing written to Consul's storage in a check.
    def guard(&)
      @check ? elsewhere(&) : yield
    rescue StandardError
      @blobs.each { |blob| blob.service.delete(blob.key) } unless @check
      raise
    end

    # Where it is, or nil: a check comes before the file is on the host.
    def path(checksum)
      path = @files.fetch(checksum).fetch("path")
      path unless @check && !File.exist?(path)
    end

    # A new blob, or nil.
    def blob(checksum)
      file = @files.fetch(checksum)
      path = path(checksum) or return

      File.open(path, "rb") do |io|
        ActiveStorage::Blob.create_and_upload!(io:, filename: file["name"], content_type: file["content_type"])
                           .tap { |blob| @blobs << blob }
      end
    end

    private

    def elsewhere
      service = ActiveStorage::Blob.service
      root = service.root
      Dir.mktmpdir do |folder|
        service.root = folder
        yield
      ensure
        service.root = root
      end
    end
  end
end
