# frozen_string_literal: true

module Standin
  # The stylesheet and the script, compiled beforehand with a digest in their
  # name. As with Consul in production, nothing is compiled while serving.
  module Assets
    FILES = %w[application.css application.js].freeze
    DIRECTORY = Rails.public_path.join("assets")

    # Compresses through ExecJS, so with EXECJS_RUNTIME=Disabled compiling fails.
    COMPRESSOR = ->(input) { { data: Terser.compile(input[:data]) } }

    class << self
      def precompile
        require "sprockets"
        require "terser"
        environment = Sprockets::Environment.new(Rails.root.to_s)
        %w[stylesheets javascripts].each { |kind| environment.append_path("app/assets/#{kind}") }
        environment.js_compressor = COMPRESSOR
        Sprockets::Manifest.new(environment, DIRECTORY.to_s).compile(*FILES)
      end

      def path(name)
        "/assets/#{digests.fetch(name) { raise "#{name} was not compiled; run rake assets:precompile" }}"
      end

      private

      def digests
        @digests ||= begin
          manifest = DIRECTORY.glob(".sprockets-manifest-*.json").max_by(&:mtime)
          manifest ? JSON.parse(manifest.read).fetch("assets") : {}
        end
      end
    end
  end
end
