package hal

import "strings"

// Letters are those beside ASCII's that a frame may have: what Western and Central Europe
// writes in. A display has them, draws them, or shows them without their mark.
const Letters = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ" +
	"ĀāĂăĄąĆćĈĉĊċČčĎĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĨĩĪīĬĭĮįİıĶķĻļŁłŃńŅņŇňŌōŎŏŐőŒœ" +
	"ŔŕŖŗŘřŚśŜŝŞşŠšŢţŤŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽž"

// IsLetter reports whether a rune is one of Letters.
func IsLetter(r rune) bool { return r >= 'À' && strings.ContainsRune(Letters, r) }
