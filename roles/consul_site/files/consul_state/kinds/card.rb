# frozen_string_literal: true

module DDConsul
  # A card on the home page or on a page of the site's own; with "header", what
  # stands on top of the home page.
  class CardKind < Kind
    include Pictured

    kind "card", "Widget::Card"

    # Consul shows the first header that there is: another one would never be seen.
    def find
      model.find_by(header: true, cardable_id: nil) if fields["header"] && parent.nil?
    end

    def build
      parent ? model.new(cardable: @run.record(parent)) : model.new
    end
  end
end
