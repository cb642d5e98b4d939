# frozen_string_literal: true

module Legislation
  class AnswersController < ApplicationController
    include Participating

    module_of "legislation"
    before_action :authenticate_user!

    def create
      process = Process.shown.find(params[:process_id])
      raise AccessDenied unless process.open?("debate")

      question = process.questions.find(params[:question_id])
      answer = question.answers.find_or_initialize_by(user: current_user)
      answer.question_option = question.question_options.find_by(id: params[:option_id])
      written answer, legislation_process_path(process)
    end
  end
end
