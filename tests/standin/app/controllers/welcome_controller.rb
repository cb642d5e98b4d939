# frozen_string_literal: true

class WelcomeController < ApplicationController
  def index
    @header = Widget::Card.header.first
    @cards = Widget::Card.body.includes(:translations)
    @feeds = Widget::Feed.active
  end
end
