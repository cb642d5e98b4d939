# frozen_string_literal: true

module Legislation
  class ProposalsController < ApplicationController
    include Participating

    module_of "legislation"
    before_action :authenticate_user!

    def create
      process = Process.shown.find(params[:process_id])
      raise AccessDenied unless process.open?("proposals")

      given = params.require(:legislation_proposal).permit(:title, :summary, :terms_of_service)
      written process.proposals.new(given.merge(author: current_user)), legislation_process_path(process)
    end
  end
end
