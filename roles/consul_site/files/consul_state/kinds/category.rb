# frozen_string_literal: true

module DDConsul
  # A topic that Consul proposes to whoever writes something. Words that
  # inhabitants chose themselves stand in the same table.
  class CategoryKind < Kind
    kind "category", "Tag"

    CATEGORY = "category"

    def find
      model.find_by(identity.merge(kind: CATEGORY))
    end

    def build
      model.find_or_initialize_by(identity).tap { |tag| tag.kind = CATEGORY }
    end

    def title(record)
      record.name
    end

    def used?(record)
      Contributions.any?(taggings: { tag_id: record.id })
    end

    # Still on what was written, and no longer proposed.
    def hide(record)
      record.update_columns(kind: nil)
    end

    def bring_back(record)
      record.kind != CATEGORY && record.update_columns(kind: CATEGORY)
    end
  end
end
