package mirror

// restore takes a layer from its snapshot file.
func (m *Mirror) restore(string) {}

// save writes the snapshot files.
func (m *Mirror) save() {}
