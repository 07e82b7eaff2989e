"""What speed and accuracy are measured with. Figures are ratios of one run; none of them is a test."""
