# frozen_string_literal: true

module Legislation
  class ProcessesController < ApplicationController
    include Participating

    module_of "legislation"

    def index
      @processes = Process.shown.includes(:translations)
    end

    # Consul has a page for each phase; here they stand below one another.
    def show
      @process = Process.shown.find(params[:id])
    end
  end
end
