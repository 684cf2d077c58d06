"""HTTP: who asks, what is asked for, and the shapes of the answers. Decides nothing by itself."""
