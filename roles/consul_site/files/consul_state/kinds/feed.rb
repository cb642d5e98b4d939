# frozen_string_literal: true

module DDConsul
  class FeedKind < Kind
    kind "feed", "Widget::Feed"
  end
end
